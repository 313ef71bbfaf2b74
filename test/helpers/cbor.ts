/** What `encodeCbor` writes; numbers are integers. */
export type Encodable =
  | number
  | boolean
  | null
  | string
  | Uint8Array
  | readonly Encodable[]
  | ReadonlyMap<unknown, Encodable>;

function head(major: number, argument: number): Buffer {
  const type = major << 5;
  if (argument < 24) return Buffer.of(type | argument);
  if (argument < 0x100) return Buffer.of(type | 24, argument);
  const wide = Buffer.alloc(argument < 0x10000 ? 3 : 5);
  wide[0] = type | (wide.length === 3 ? 25 : 26);
  wide.writeUIntBE(argument, 1, wide.length - 1);
  return wide;
}

/** CBOR in shortest form, in the order in which maps were filled. */
export function encodeCbor(value: Encodable): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'boolean') return Buffer.of(value ? 0xf5 : 0xf4);
  if (value === null) return Buffer.of(0xf6);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (value instanceof Map) {
    const members = [...value].flatMap(([key, member]) => [encodeCbor(key), encodeCbor(member)]);
    return Buffer.concat([head(5, value.size), ...members]);
  }
  return Buffer.concat([
    head(4, (value as readonly Encodable[]).length),
    ...(value as readonly Encodable[]).map(encodeCbor),
  ]);
}
