/** Numbers of the whole installation that only rise. */
export const marks = `
create table marks (
  name text collate "C" not null primary key,
  value bigint not null
);
`;
