/** Numbers of the whole installation that only rise. */
export const marks = `
create table marks (
  name text not null primary key,
  value integer not null
) strict;
`;
