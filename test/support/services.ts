/** A server that tests use if the machine has it; see global-setup.mjs. */
export interface Service {
  readonly name: string;
  readonly url: string;
}

export const POSTGRES: Service = { name: 'PostgreSQL', url: process.env['POSTGRES_URL'] ?? '' };

/** MySQL or MariaDB, whichever answers. */
export const MYSQL: Service & { readonly type: 'mysql' | 'mariadb' } = {
  name: 'MySQL',
  url: process.env['MYSQL_URL'] ?? '',
  type: process.env['HOOKLINE_MYSQL_TYPE'] === 'mariadb' ? 'mariadb' : 'mysql',
};

/** Whether the service answered when the test run began. */
export function isAvailable({ name }: Service): boolean {
  return (process.env['HOOKLINE_AVAILABLE_SERVICES'] ?? '').split(',').includes(name);
}
