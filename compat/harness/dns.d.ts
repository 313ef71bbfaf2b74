/** Records by name, in lower case, and type. */
export type Records = Record<string, { TXT?: string[]; CNAME?: string[] }>;
export interface Dns {
  /** `127.0.0.1:port` */
  readonly address: string;
  stop(): Promise<void>;
}
export function startDns(records: Records): Promise<Dns>;
