import { KeySource, type KeyReading } from './key.source.js';

const START = 1_700_000_000_000;
const after = (seconds: number): Date => new Date(START + seconds * 1_000);
const found = (key: string): KeyReading<string> => ({ kind: 'found', key });

describe(KeySource.name, () => {
  /** Documents that the test changes as their owner would. */
  let documents: Map<string, Map<string, string> | Error>;
  let loads: string[];
  const source = (options = {}): KeySource<string> =>
    new KeySource((document) => {
      loads.push(document);
      const content = documents.get(document);
      if (content instanceof Map) return Promise.resolve(new Map(content));
      throw content ?? new Error('not found');
    }, options);

  beforeEach(() => {
    loads = [];
    documents = new Map([['jwks', new Map([['a', 'A']])]]);
  });

  it('fetches a document when a key is needed, and keeps it', async () => {
    const keys = source();
    expect(loads).toEqual([]);
    expect(await keys.get('jwks', 'a', after(0))).toEqual(found('A'));
    expect(keys.get('jwks', 'a', after(3_599))).toEqual(found('A'));
    expect(loads).toEqual(['jwks']);
    expect(await keys.get('jwks', 'a', after(3_600))).toEqual(found('A'));
    expect(loads).toEqual(['jwks', 'jwks']);
  });

  it('REQ-20 fetches once more for an unknown key, at once after a rotation', async () => {
    const keys = source();
    await keys.get('jwks', 'a', after(0));
    documents.set('jwks', new Map([...'abc'].map((id) => [id, id.toUpperCase()])));
    expect(await keys.get('jwks', 'c', after(0))).toEqual(found('C'));
    expect(keys.get('jwks', 'b', after(0))).toEqual(found('B'));
    expect(loads).toHaveLength(2);
  });

  it('REQ-20 is not made to fetch again and again by made-up keys', async () => {
    const keys = source();
    await keys.get('jwks', 'a', after(0));
    for (let id = 0; id < 50; id++) {
      expect(await keys.get('jwks', `x${id}`, after(29))).toEqual({ kind: 'unknown' });
    }
    expect(loads).toHaveLength(2);
    await keys.get('jwks', 'y', after(59));
    expect(loads).toHaveLength(3);
  });

  it('REQ-20 does not keep a failure, and keeps what it had', async () => {
    const keys = source();
    documents.set('jwks', new Error('down'));
    expect(await keys.get('jwks', 'a', after(0))).toEqual({ kind: 'unavailable' });
    documents.set('jwks', new Map([['a', 'A']]));
    expect(await keys.get('jwks', 'a', after(0))).toEqual(found('A'));
    documents.set('jwks', new Error('down'));
    expect(await keys.get('jwks', 'b', after(1))).toEqual({ kind: 'unavailable' });
    expect(keys.get('jwks', 'a', after(1))).toEqual(found('A'));
    expect(await keys.get('jwks', 'a', after(3_600))).toEqual({ kind: 'unavailable' });
  });

  it('asks once for all who wait', async () => {
    const keys = source();
    const readings = await Promise.all([
      keys.get('jwks', 'a', after(0)),
      keys.get('jwks', 'b', after(0)),
      keys.get('jwks', 'a', after(0)),
    ]);
    expect(readings).toEqual([found('A'), { kind: 'unknown' }, found('A')]);
    expect(loads).toHaveLength(1);
  });

  it('keeps a bounded number of documents', async () => {
    for (const name of ['x', 'y', 'z']) documents.set(name, new Map([['', name]]));
    const keys = source({ maxDocuments: 2 });
    for (const name of ['x', 'y', 'z']) await keys.get(name, '', after(0));
    expect(keys.get('z', '', after(0))).toEqual(found('z'));
    expect(await keys.get('x', '', after(0))).toEqual(found('x'));
    expect(loads).toEqual(['x', 'y', 'z', 'x']);
  });
});
