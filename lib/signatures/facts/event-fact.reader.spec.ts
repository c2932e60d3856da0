import { EventFactReader, MAX_EVENTS } from './event-fact.reader.js';
import type { EventFact, EventFactOptions } from './event-fact.js';
import type { SignedRequest, Verification } from '../signature-scheme.js';

const LONG = '12345678901234567891';

describe(EventFactReader.name, () => {
  const requestOf = (body: string, contentType = 'application/json'): SignedRequest => ({
    method: 'POST',
    url: '/',
    headers: { 'content-type': contentType },
    body: Buffer.from(body),
  });
  const verified = (options: EventFactOptions, request: SignedRequest): Verification =>
    new EventFactReader(options).verified(request, 0);

  // Looked for in the whole body, once for each item, they would take minutes.
  it.each<[string, EventFact]>([
    ['a path', { path: 'id' }],
    ['a function', (_, item) => (item as { id: number }).id],
  ])('F-10 reads the digits of many long numbers by %s', (_, id) => {
    const item = `{"id":${LONG},"text":"${'x'.repeat(60)}"}`;
    const body = `[${Array<string>(MAX_EVENTS).fill(item).join(',')}]`;
    const verification = verified({ items: '', id }, requestOf(body));
    const ids = verification.ok ? verification.events?.map(({ eventId }) => eventId) : [];
    expect(new Set(ids)).toEqual(new Set([LONG]));
    expect(ids).toHaveLength(MAX_EVENTS);
  });

  it('F-18 reads the digits of the number of its own item', () => {
    const body =
      '{"a":{"id":9007199254740993},"list":[{"id":9007199254740992},{"id":9007199254740995}]}';
    expect(verified({ items: 'list', id: { path: 'id' } }, requestOf(body))).toMatchObject({
      events: [{ eventId: '9007199254740992' }, { eventId: '9007199254740995' }],
    });
  });

  it.each([
    ['items', `[${'0,'.repeat(MAX_EVENTS)}0]`],
    ['list.*.items', `{"list":[{"items":[${'0,'.repeat(MAX_EVENTS)}0]},{"items":[1]}]}`],
  ])('F-10 refuses more events than can be taken: %s', (items, body) => {
    const options = { items: items === 'items' ? '' : items };
    expect(verified(options, requestOf(body))).toEqual({ ok: false, reason: 'too-many-events' });
  });
});
