import type { StatementGate } from '../statement-gate.js';

type Call = (...given: unknown[]) => unknown;
type Callback = (error: unknown, ...results: unknown[]) => void;

/**
 * A mysql2 connection whose statements all pass the gate, whichever API of the driver sends them: promises,
 * callbacks (as in TypeORM 0.3) or streams.
 *
 * @internal
 */
export function guardConnection<Connection extends { promise(): object }>(
  connection: Connection,
  gate: StatementGate,
): Connection {
  const promise = (): object =>
    guardCalls(
      connection.promise(),
      (call) =>
        (...given) =>
          gate.sendInTurn(textOf(given[0]), () => call(...given) as Promise<unknown>),
    );
  const guarded = guardCalls(connection, (call) => (...given) => {
    const sql = textOf(given[0]);
    const callback = given.at(-1);
    if (typeof callback !== 'function') return gate.send(sql, () => call(...given));
    const sent = gate.sendInTurn(sql, () => resultsOf(call, given.slice(0, -1)));
    return sent.then(
      (results) => (callback as Callback)(null, ...results),
      (error: unknown) => (callback as Callback)(error),
    );
  });
  return new Proxy(guarded, {
    get: (target, property) =>
      property === 'promise' ? promise : (Reflect.get(target, property) as unknown),
  });
}

function guardCalls<Target extends object>(target: Target, guard: (call: Call) => Call): Target {
  return new Proxy(target, {
    get: (_, property) => {
      const value: unknown = Reflect.get(target, property);
      const isCall = property === 'query' || property === 'execute';
      return isCall && typeof value === 'function'
        ? guard((...given) => Reflect.apply(value, target, given) as unknown)
        : value;
    },
  });
}

function resultsOf(call: Call, given: readonly unknown[]): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    call(...given, (error: unknown, ...results: unknown[]) => {
      if (error === null || error === undefined) resolve(results);
      else reject(error as Error);
    });
  });
}

/** The text of a query, in any form that mysql2 takes. */
function textOf(query: unknown): unknown {
  return typeof query === 'object' && query !== null && 'sql' in query ? query.sql : query;
}
