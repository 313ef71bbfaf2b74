/** What was found for a path: the value, and the text of its parameters in the order they stand in the path. */
export interface Match<T> {
  readonly value: T;
  readonly params: readonly string[];
}

interface Node<T> {
  readonly fixed: Map<string, Node<T>>;
  parameter?: Node<T>;
  value?: T;
}

const newNode = <T>(): Node<T> => ({ fixed: new Map() });

/**
 * Paths as a tree of segments: a fixed segment goes before a parameter. Segments are compared as they were sent: an id needs no
 * percent encoding, so an encoded one is another path.
 */
export class Router<T> {
  readonly #root = newNode<T>();

  /** The value at a pattern such as `/environments/:envId`, made by `create` when it is not there yet. */
  at(pattern: string, create: () => T): T {
    let node = this.#root;
    for (const segment of pattern.split('/').slice(1)) {
      if (segment.startsWith(':')) {
        node.parameter ??= newNode();
        node = node.parameter;
      } else {
        const next = node.fixed.get(segment) ?? newNode<T>();
        node.fixed.set(segment, next);
        node = next;
      }
    }
    node.value ??= create();
    return node.value;
  }

  find(path: string): Match<T> | undefined {
    return path.startsWith('/') ? this.#find(this.#root, path, 1, []) : undefined;
  }

  #find(node: Node<T>, path: string, from: number, params: string[]): Match<T> | undefined {
    const slash = path.indexOf('/', from);
    const last = slash < 0;
    const segment = last ? path.slice(from) : path.slice(from, slash);
    const fixed = node.fixed.get(segment);
    if (fixed) {
      const match = last ? matchAt(fixed, params) : this.#find(fixed, path, slash + 1, params);
      if (match) return match;
    }
    if (!node.parameter || segment === '') return undefined;
    params.push(segment);
    const match = last ? matchAt(node.parameter, params) : this.#find(node.parameter, path, slash + 1, params);
    if (!match) params.pop();
    return match;
  }
}

function matchAt<T>(node: Node<T>, params: readonly string[]): Match<T> | undefined {
  return node.value === undefined ? undefined : { value: node.value, params };
}

/** The names of a pattern's parameters, in order. */
export function parameterNames(pattern: string): readonly string[] {
  return pattern
    .split('/')
    .filter((segment) => segment.startsWith(':'))
    .map((segment) => segment.slice(1));
}
