import type { EntityManager } from 'typeorm';

/**
 * Makes sure that what a host asks for takes part in its transaction.
 *
 * @param manager the one that the host gave
 * @param method the method that got it, for the message
 * @throws {TypeError} if it has no open transaction
 * @internal
 */
export function assertOpenTransaction(manager: EntityManager, method: string): void {
  if (manager.queryRunner?.isTransactionActive === true) return;
  throw new TypeError(
    `The \`manager\` of ${method}() has no open transaction: give it the one that transaction() gives, or none.`,
  );
}
