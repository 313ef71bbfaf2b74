/** Bytes of images, as base64: both databases read texts alike. */
export const imageFiles = `
create table image_files (
  environment_id text not null,
  id text not null,
  image_id text not null,
  type text not null,
  content text not null,
  primary key (environment_id, id)
) strict, without rowid;
`;
