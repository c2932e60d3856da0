import { toIncomingEvent } from './incoming-polled-event.js';
import { PolledEventError } from './polled-event.error.js';

describe(toIncomingEvent, () => {
  it('gives data as JSON gives it back, with the bytes that it was read from', () => {
    const data = { at: new Date(0), none: undefined, text: 'ü' };
    const event = toIncomingEvent('users', { type: 'user.changed', data }, { id: '7@42' });
    expect(event).toMatchObject({
      source: 'users',
      tenant: '',
      id: '7@42',
      type: 'user.changed',
      format: 'json',
      dataPath: '',
      headers: {},
      payload: { at: '1970-01-01T00:00:00.000Z', text: 'ü' },
    });
    expect(JSON.parse(event.rawBody.toString())).toEqual(event.payload);
  });

  it('prefers what the event says', () => {
    const occurredAt = new Date(1);
    const event = { type: 'a', data: null, id: 'own', occurredAt };
    expect(toIncomingEvent('p', event, { id: 'row', occurredAt: new Date(2) })).toMatchObject({
      id: 'own',
      occurredAt,
    });
  });

  it('takes missing data for null', () => {
    const event = toIncomingEvent('p', { type: 'a', data: undefined }, {});
    expect(event.rawBody.toString()).toBe('null');
  });

  it('REQ-45 leaves out keys that could reach a prototype', () => {
    const data: unknown = JSON.parse('{"__proto__":{"admin":true},"id":1}');
    expect(toIncomingEvent('p', { type: 'a', data }, {}).payload).toEqual({ id: 1 });
  });

  it.each([
    ['no object', 'text'],
    ['null', null],
    ['no type', { data: 1 }],
    ['an empty type', { type: '', data: 1 }],
    ['a type of 256 characters', { type: 'x'.repeat(256), data: 1 }],
    ['a type with a NUL', { type: 'a\u0000', data: 1 }],
    ['an empty id', { type: 'a', data: 1, id: '' }],
    ['an invalid date', { type: 'a', data: 1, occurredAt: new Date(NaN) }],
  ])('refuses %s', (_what, event) => {
    expect(() => toIncomingEvent('p', event as never, {})).toThrow(PolledEventError);
  });
});
