import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { refused } from './hand-made.js';
import { bodyOf, posted, secretOf, verify, type SenderRow } from './sender-row.js';

const RUNS = { numRuns: 25 };

/** What holds for every sender that signs the bytes of the body. */
export function describeSignedBody(row: SenderRow): void {
  const scheme = row.create(secretOf(row));
  const { signature, timeInBody = false } = row;

  it('REQ-5 refuses broken JSON that is wrongly signed like any other body', () => {
    const { headers } = posted(row);
    for (const text of ['{broken', '1', 'null', '[]', '']) {
      expect(verify(scheme, Buffer.from(text), headers)).toEqual(refused('signature-mismatch'));
    }
  });

  it('takes broken JSON that is rightly signed, unless its time is in there', () => {
    const { body, headers } = posted(row, Buffer.from('{broken'));
    expect(verify(scheme, body, headers)).toMatchObject(
      timeInBody ? refused('timestamp-missing') : { ok: true },
    );
  });

  it('REQ-7 hashes the bytes: with a byte order mark it is another body', () => {
    const { body, headers } = posted(row, Buffer.from(`\ufeff${bodyOf(row).toString()}\r\n`));
    expect(verify(scheme, body, headers)).toMatchObject({ ok: true, ...row.facts });
    expect(verify(scheme, body.subarray(3), headers)).toEqual(refused());
  });

  it('REQ-12 does not let the request choose the hash', () => {
    const { body, headers } = posted(row);
    const weak = createHmac('md5', secretOf(row)).update(body).digest('hex');
    for (const value of [weak, `md5=${weak}`, `sha1=${weak}`]) {
      expect(verify(scheme, body, { ...headers, [signature]: value })).toEqual(refused());
    }
  });

  it('REQ-26 takes no Idempotency-Key for the id', () => {
    const { body, headers } = posted(row);
    expect(verify(scheme, body, { ...headers, 'idempotency-key': 'theirs' })).toEqual({
      ok: true,
      keyIndex: 0,
      ...row.facts,
    });
  });

  it('reads the facts of any payload without throwing', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const { body, headers } = posted(row, Buffer.from(json));
        expect(verify(scheme, body, headers).ok).toBe(!timeInBody);
      }),
      RUNS,
    );
  });
}
