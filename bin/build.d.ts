/** Builds when needed; quiet when it succeeds. */
export declare function ensureBuilt(): void;
/** Whether `dist` holds what `src` says. */
export declare function isFresh(): boolean;
/** Compiles `src` to `dist`. */
export declare function build(): void;
