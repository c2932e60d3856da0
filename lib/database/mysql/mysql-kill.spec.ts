import { killConnection, type KillableConnection } from './mysql-kill.js';

/** Connections as mysql2 has them: those of a pool are of a subclass. */
abstract class Connection {
  readonly asked: string[] = [];
  static made: Connection[] = [];
  isDestroyed = false;

  constructor({ config }: { readonly config: { readonly isBroken?: boolean } }) {
    if (config.isBroken === true) throw new Error('this is no configuration');
    Connection.made.push(this);
  }

  on(): void {
    // These connections emit no errors.
  }

  promise(): { query(sql: string): Promise<[unknown, unknown]> } {
    return {
      query: (sql) => {
        this.asked.push(sql);
        return Promise.resolve([sql.startsWith('SELECT') ? [{}] : [], []]);
      },
    };
  }

  destroy(): void {
    this.isDestroyed = true;
  }
}

class PooledConnection extends Connection implements KillableConnection {
  readonly threadId = 17;
  readonly stream = { localPort: 4_711 };

  constructor(readonly config: { readonly isBroken?: boolean }) {
    super({ config: {} });
  }
}

describe('F-1 ending a session of MySQL', () => {
  beforeEach(() => (Connection.made = []));

  it('asks over another connection, and ends that one too', async () => {
    await killConnection(new PooledConnection({}));
    const [, own] = Connection.made;
    expect(own?.asked.at(-1)).toBe('KILL CONNECTION 17');
    expect(own?.isDestroyed).toBe(true);
  });

  it('throws nothing if no other connection can be made', async () => {
    const killed = new PooledConnection({ isBroken: true });
    await expect(killConnection(killed)).resolves.toBeUndefined();
    expect(Connection.made).toEqual([killed]);
  });
});
