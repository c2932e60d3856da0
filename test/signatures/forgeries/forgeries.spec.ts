import { NOW, type Subject } from '../properties/subject.js';
import { SUBJECTS } from '../properties/subjects.js';
import { forgedRequests } from './forged-requests.js';

const SIZE = 262_144;

/** Most characters that may be parsed before the signature is verified, by the size of the body. */
const MOST_PARSED = 65_536;

/** Counts the characters that parsers are given. */
const countParsed = (): { readonly sum: () => number; readonly restore: () => void } => {
  let sum = 0;
  const parse = JSON.parse.bind(JSON);
  const json = jest.spyOn(JSON, 'parse').mockImplementation((text, reviver): unknown => {
    sum += text.length;
    return parse(text, reviver);
  });
  const { URLSearchParams: Given } = globalThis;
  globalThis.URLSearchParams = class extends Given {
    constructor(init?: ConstructorParameters<typeof Given>[0]) {
      super(init);
      sum += typeof init === 'string' ? init.length : 0;
    }
  };
  return {
    sum: () => sum,
    restore: () => {
      json.mockRestore();
      globalThis.URLSearchParams = Given;
    },
  };
};

describe.each(SUBJECTS)('$name', (subject: Subject) => {
  it('F-10 parses little of a forged body, and refuses it', async () => {
    const scheme = subject.create(subject.secret);
    const forged = forgedRequests(subject, SIZE);
    expect(forged.length).toBeGreaterThan(20);
    const wrong: object[] = [];
    for (const { attack, request } of forged) {
      const parsed = countParsed();
      try {
        const verification = await scheme.verify(request, { now: NOW });
        await scheme.handshake?.(request, { now: NOW, verification });
        const little = parsed.sum() <= MOST_PARSED;
        if (verification.ok || !little) wrong.push({ attack, ok: verification.ok, little });
      } finally {
        parsed.restore();
      }
    }
    expect(wrong).toEqual([]);
  });
});
