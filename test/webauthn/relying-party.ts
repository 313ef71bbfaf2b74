/** Of the server that `startPostern` makes: the host of its pages is its relying party. */
export const RP_ID = 'postern.test';
export const ORIGIN = 'https://postern.test';
