import pg from 'pg';

/** Every row of every table of a PostgreSQL database as text, as a dump has it. */
export async function ownRows(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query(`select t::text as row from "${name}" t`);
      texts.push(...rows.map(({ row }) => String(row)));
    }
    return texts.join('\n');
  } finally {
    await client.end();
  }
}
