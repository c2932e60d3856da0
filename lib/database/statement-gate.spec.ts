import { StatementGate } from './statement-gate.js';
import { TransactionEndedError } from './transaction-ended.error.js';

const DEADLOCK = new Error('deadlock');

/** A statement whose end the test decides. */
function statement(): {
  readonly send: () => Promise<string>;
  /** Resolves when it is sent. */
  readonly sent: Promise<void>;
  fail(error: Error): void;
  end(): void;
} {
  let resolve: (result: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  let onSend: () => void = () => undefined;
  const sent = new Promise<void>((done) => (onSend = done));
  const send = (): Promise<string> => {
    onSend();
    return new Promise<string>((...settle) => ([resolve, reject] = settle));
  };
  return { send, sent, fail: (error) => reject(error), end: () => resolve('done') };
}

/** The error of each promise; `undefined` if it did not fail. */
async function reasonsOf(...promises: readonly Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((one) => (one.status === 'rejected' ? (one.reason as unknown) : undefined));
}

describe('StatementGate', () => {
  let gate: StatementGate;

  beforeEach(() => {
    gate = new StatementGate({
      isConflict: (error) => error === DEADLOCK,
      endsTransaction: (error) => error === DEADLOCK,
    });
  });

  const commit = (send: () => Promise<string>): Promise<string> => {
    gate.end('COMMIT');
    return gate.sendInTurn('COMMIT', send);
  };

  it('F-1 makes COMMIT wait for a statement that the work does not await', async () => {
    const stray = statement();
    const sent: string[] = [];
    void gate.sendInTurn('UPDATE', stray.send).then(() => sent.push('UPDATE'));
    const committed = commit(() => {
      sent.push('COMMIT');
      return Promise.resolve('done');
    });
    await stray.sent;
    stray.end();
    await committed;
    expect(sent).toEqual(['UPDATE', 'COMMIT']);
  });

  it.each(['which is running', 'whose turn comes later'])(
    'F-1 F-5 lets no COMMIT pass after a statement has ended the transaction %s',
    async (when) => {
      const before = statement();
      const stray = statement();
      void gate.sendInTurn('SELECT', before.send);
      const update = gate.sendInTurn('UPDATE', stray.send);
      await before.sent;
      if (when === 'which is running') {
        before.end();
        await stray.sent;
      }
      const committed = commit(() => Promise.resolve('done'));
      const behind = gate.sendInTurn('INSERT', () => Promise.resolve('done'));
      before.end();
      await stray.sent;
      stray.fail(DEADLOCK);
      expect(await reasonsOf(update, committed, behind)).toEqual([
        DEADLOCK,
        expect.any(TransactionEndedError),
        expect.any(TransactionEndedError),
      ]);
      expect(gate.hadConflict).toBe(true);
    },
  );

  it('lets COMMIT pass after a statement that failed by itself', async () => {
    const stray = statement();
    const update = gate.sendInTurn('UPDATE', stray.send);
    const committed = commit(() => Promise.resolve('done'));
    await stray.sent;
    const duplicate = new Error('duplicate key');
    stray.fail(duplicate);
    expect(await reasonsOf(update, committed)).toEqual([duplicate, undefined]);
  });

  it('lets ROLLBACK pass, even if a statement before it fails', async () => {
    const stray = statement();
    const update = gate.sendInTurn('UPDATE', stray.send);
    await stray.sent;
    gate.end('ROLLBACK');
    const rolledBack = gate.sendInTurn('ROLLBACK', () => Promise.resolve('done'));
    stray.fail(DEADLOCK);
    expect(await reasonsOf(update, rolledBack)).toEqual([DEADLOCK, undefined]);
  });
});
