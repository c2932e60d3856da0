import {
  AT,
  factsOf,
  NOW,
  OK,
  request,
  SECONDS,
  signed,
} from '../../../test/signatures/signed-requests.js';
import { unsigned } from '../providers/unsigned/unsigned.js';
import { hmac } from './hmac.scheme.js';

describe('hmac', () => {
  const base = { secret: 'secret', signature: { header: 'X-Signature' } } as const;

  describe('with several events in a body', () => {
    const scheme = hmac({
      ...base,
      items: 'events',
      id: { path: 'id' },
      type: { join: [{ path: 'resource' }, { path: 'action' }] },
      occurredAt: { path: 'at', unit: 's' },
      dataPath: 'data',
    });
    const factsIn = (body: unknown): Promise<object> =>
      factsOf(scheme, signed(scheme, JSON.stringify(body)));

    it('gives the facts of each, and where it is', async () => {
      const events = [
        { id: 'a', resource: 'payments', action: 'created', at: SECONDS, data: {} },
        { id: 7, resource: 'mandates' },
        { action: 'no resource' },
        'no object',
      ];
      expect(await factsIn({ events })).toEqual({
        events: [
          {
            eventId: 'a',
            eventType: 'payments.created',
            occurredAt: NOW,
            dataPath: 'events.0.data',
          },
          { eventId: '7', eventType: 'mandates', dataPath: 'events.1' },
          { dataPath: 'events.2' },
          { dataPath: 'events.3' },
        ],
      });
    });

    it('gives none for an empty list, and one event for a body without the list', async () => {
      expect(await factsIn({ events: [] })).toEqual({ events: [] });
      expect(await factsIn({ id: 'a', data: 1 })).toEqual({ eventId: 'a', dataPath: 'data' });
      expect(await factsIn({ events: { id: 'b' } })).toEqual({});
    });

    it('takes a body that is a list, and lists in the items of a list', async () => {
      const whole = hmac({ ...base, items: '', type: { path: 'event' } });
      expect(await factsOf(whole, signed(whole, '[{"event":"open"},{"event":"click"}]'))).toEqual({
        events: [
          { eventType: 'open', dataPath: '0' },
          { eventType: 'click', dataPath: '1' },
        ],
      });
      const nested = hmac({ ...base, items: 'entry.*.changes', type: { path: 'field' } });
      const body = {
        entry: [{ changes: [{ field: 'a' }, { field: 'b' }] }, {}, { changes: [{ field: 'c' }] }],
      };
      expect(await factsOf(nested, signed(nested, JSON.stringify(body)))).toEqual({
        events: [
          { eventType: 'a', dataPath: 'entry.0.changes.0' },
          { eventType: 'b', dataPath: 'entry.0.changes.1' },
          { eventType: 'c', dataPath: 'entry.2.changes.0' },
        ],
      });
    });

    it('gives functions the event', async () => {
      const named = hmac({
        ...base,
        items: 'events',
        type: ({ method }, item) => `${method}.${String(item)}`,
      });
      expect(await factsOf(named, signed(named, '{"events":["a"]}'))).toEqual({
        events: [{ eventType: 'POST.a', dataPath: 'events.0' }],
      });
    });
  });

  it('does not run functions for a body that cannot be parsed', async () => {
    const scheme = hmac({
      ...base,
      id: { header: 'x-id' },
      type: (_, payload) => (payload as { type: string }).type,
    });
    const { headers, ...rest } = signed(scheme, '{broken', { id: 'a' });
    const json = { ...headers, 'content-type': 'application/json' };
    expect(await factsOf(scheme, { ...rest, headers: json })).toEqual({ eventId: 'a' });
  });

  it('reads facts from headers, paths and functions', async () => {
    const scheme = hmac({
      ...base,
      id: { path: 'meta.id' },
      type: ({ headers }) => headers['x-topic'],
      occurredAt: { path: 'meta.at', unit: 'ms' },
      dataPath: 'missing',
    });
    const { headers, ...rest } = signed(
      scheme,
      JSON.stringify({ meta: { id: 7, at: NOW.getTime() } }),
    );
    const given = { ...rest, headers: { ...headers, 'x-topic': 'a.b' } };
    expect(await factsOf(scheme, given)).toEqual({
      eventId: '7',
      eventType: 'a.b',
      occurredAt: NOW,
    });
  });
});

describe('unsigned', () => {
  it('accepts everything, and reads the facts that it was told of', async () => {
    const scheme = unsigned({ type: { path: 'event' } });
    expect(scheme.verify(request('{}', {}), AT)).toMatchObject(OK);
    expect(await factsOf(scheme, request('{"event":"ping"}', {}))).toEqual({ eventType: 'ping' });
  });
});
