import { ConfigurationError } from '../../../lib/errors/configuration.error.js';
import { NOW, postJson, refused } from './hand-made.js';
import { bodyOf, posted, secretOf, verify, type SenderRow } from './sender-row.js';
import { describeSignedBody } from './signed-body.contract.js';
import { describeSignedUrl } from './signed-url.contract.js';
import { describeTimestamp } from './timestamp.contract.js';

/** Valid both as text and as base64 with a label. */
const OTHER_SECRET = 'whsec_AAAA';

/**
 * What holds for every sender that puts its signature, or a credential, into a header.
 *
 * @param name the sender, with its way of signing if it has several
 */
export function describeSender(name: string, row: SenderRow): void {
  describe(name, () => {
    describeRequest(row);
    describeSecret(row);
    describeHeader(row);
    if (row.covers !== 'nothing') describeSignedBody(row);
    if (row.toleranceSeconds !== undefined) describeTimestamp(row);
    if (row.createFor !== undefined) describeSignedUrl(row);
  });
}

function describeRequest(row: SenderRow): void {
  const scheme = row.create(secretOf(row));

  it('accepts what the sender posts, and reads its facts', () => {
    const { body, headers } = posted(row);
    expect(verify(scheme, body, headers)).toEqual({ ok: true, keyIndex: 0, ...row.facts });
  });

  it('verifies what it signs', () => {
    const body = bodyOf(row);
    const { headers } = scheme.sign({ body, id: 'msg_1', timestamp: NOW });
    expect(verify(scheme, body, headers)).toMatchObject({ ok: true, keyIndex: 0 });
  });
}

function describeSecret(row: SenderRow): void {
  it.each([undefined, '', '  ', [], ['']])(
    'REQ-1 refuses the secret %j when it is created',
    (secret) => {
      expect(() => row.create(secret)).toThrow(ConfigurationError);
    },
  );

  it.each([undefined, '', []])(
    'REQ-1 does not skip the check where a function gives %j',
    async (secret) => {
      const { body, headers } = posted(row);
      const given = { ...postJson('', headers), body };
      expect(await row.create(() => secret as never).verify(given, { now: NOW })).toEqual(
        refused('key-unavailable'),
      );
    },
  );

  it('REQ-16 tries every secret, and says which one matched', () => {
    const { body, headers } = posted(row);
    const several = [row.otherSecret ?? OTHER_SECRET, secretOf(row)];
    expect(verify(row.create(several), body, headers)).toMatchObject({ ok: true, keyIndex: 1 });
  });

  it('refuses what another secret signed', () => {
    const { body, headers } = posted(row);
    const other = row.create(row.otherSecret ?? OTHER_SECRET);
    expect(verify(other, body, headers)).toEqual(refused('signature-mismatch'));
  });

  it('does not show the secret when it is serialised', () => {
    expect(JSON.stringify(row.create(secretOf(row)))).not.toContain(secretOf(row));
  });
}

function describeHeader(row: SenderRow): void {
  const { signature, list } = row;
  const scheme = row.create(secretOf(row));

  it('REQ-2 takes a blank signature for a missing one', () => {
    const { body, headers } = posted(row);
    for (const blank of [undefined, '', '   ']) {
      expect(verify(scheme, body, { ...headers, [signature]: blank })).toEqual(
        refused('missing-signature'),
      );
    }
  });

  it('REQ-3 REQ-4 REQ-13 takes no other spelling of the signature, and does not throw', () => {
    const { body, headers } = posted(row);
    for (const spelling of otherSpellings(headers[signature]!)) {
      expect(verify(scheme, body, { ...headers, [signature]: spelling })).toEqual(refused());
    }
  });

  it('REQ-17 refuses a repeated signature header, joined or as an array', () => {
    const { body, headers } = posted(row);
    const good = headers[signature]!;
    for (const repeated of [`${good}, ${good}`, `bogus, ${good}`, `${good}, bogus`, [good, good]]) {
      expect(verify(scheme, body, { ...headers, [signature]: repeated })).toEqual(refused());
    }
  });

  if (list === undefined) return;

  it('REQ-16 takes any signature of a list in one header', () => {
    const { body, headers } = posted(row);
    const several = { ...headers, [signature]: list(headers[signature]!, body) };
    expect(verify(scheme, body, several)).toMatchObject({ ok: true });
  });
}

function otherSpellings(good: string): string[] {
  return [
    good.toUpperCase(),
    good.toLowerCase(),
    `${good}=`,
    `${good}0`,
    `${good} `,
    ` ${good}`,
    good.slice(0, -1),
    good.replace(/=+$/, ''),
    good.replaceAll('+', '-').replaceAll('/', '_'),
    `${good.slice(0, -1)}é`,
  ].filter((spelling) => spelling !== good);
}
