import type { Logger } from 'typeorm';

/** Notes the statements that TypeORM runs. */
export class StatementLog implements Logger {
  readonly statements: { readonly sql: string; readonly parameters: unknown[] }[] = [];

  logQuery(sql: string, parameters: unknown[] = []): void {
    this.statements.push({ sql, parameters });
  }

  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
