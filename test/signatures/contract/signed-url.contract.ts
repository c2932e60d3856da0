import { ConfigurationError } from '../../../lib/errors/configuration.error.js';
import { at, NOW, post, refused, URL_HERE } from './hand-made.js';
import { posted, secretOf, verify, type SenderRow } from './sender-row.js';

/** What holds for every sender that signs the URL. */
export function describeSignedUrl(row: SenderRow): void {
  const { createFor } = row;
  if (createFor === undefined) throw new Error('this sender signs no URL');

  it('REQ-19 goes by the configured URL, whatever the request says', () => {
    const { body, headers } = posted(row);
    const forwarded = { ...headers, host: 'evil.example', 'x-forwarded-host': 'evil.example' };
    expect(verify(row.create(secretOf(row)), body, forwarded)).toMatchObject({ ok: true });
  });

  it('takes a URL that depends on the request', () => {
    const scheme = createFor(({ url }) => url);
    const { headers } = scheme.sign({ body: '{}', timestamp: NOW, url: URL_HERE });
    expect(scheme.verify(post('{}', headers), at())).toMatchObject({ ok: true });
    expect(scheme.verify(post('{}', headers, 'https://example.com/'), at())).toEqual(
      refused('signature-mismatch'),
    );
    expect(() => scheme.sign({ body: '{}', timestamp: NOW })).toThrow(
      expect.objectContaining({ code: 'UNSIGNABLE' }) as never,
    );
  });

  it('needs the URL when it is created', () => {
    expect(() => createFor(undefined as never)).toThrow(ConfigurationError);
  });
}
