/** Bytes of images, as base64: both databases read texts alike. */
export const imageFiles = `
create table image_files (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  image_id text collate "C" not null,
  type text collate "C" not null,
  content text collate "C" not null,
  primary key (environment_id, id)
);
`;
