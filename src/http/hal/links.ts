/** `{ "href": absolute URL }` (`00` §3.3). */
export interface Link {
  readonly href: string;
}

/** Absolute links from the configured base URLs, never from `Host` (SEC-56). */
export interface Links {
  /** Below `{apiPath}`, which ends in `/v1`: `api('/environments/…')`. */
  api(path: string): Link;
  /** Below `{authPath}`. */
  auth(path: string): Link;
}

export function createLinks(apiPath: string, authPath: string): Links {
  return {
    api: (path) => ({ href: `${apiPath}${path}` }),
    auth: (path) => ({ href: `${authPath}${path}` }),
  };
}
