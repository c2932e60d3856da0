import { at, postJson } from '../../../../test/signatures/contract/hand-made.js';
import { answerTo, get } from '../../../../test/signatures/contract/handshake.contract.js';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { unsigned } from './unsigned.js';

describe('unsigned', () => {
  it('accepts every request, and reads the facts that the options name', () => {
    const scheme = unsigned({ id: { header: 'x-delivery' }, type: { path: 'event' } });
    const given = postJson({ event: 'order.created' }, { 'x-delivery': 'd1' });
    expect(scheme.verify(given, at())).toEqual({
      ok: true,
      keyIndex: 0,
      eventId: 'd1',
      eventType: 'order.created',
    });
    expect(unsigned().verify(given, at())).toEqual({ ok: true, keyIndex: 0 });
  });

  it('answers a handshake that it is told of, and has no methods for one otherwise', async () => {
    const scheme = unsigned({
      handshake: {
        methods: ['GET'],
        unsigned: ({ query }) => ({ status: 200, headers: {}, body: query.get('ask') ?? '' }),
      },
    });
    expect(scheme.handshakeMethods).toEqual(['GET']);
    expect(await answerTo(scheme, get('ask=who'))).toMatchObject({ status: 200, body: 'who' });
    expect(unsigned()).not.toHaveProperty('handshake');
    expect(unsigned()).not.toHaveProperty('handshakeMethods');
  });

  it('refuses what cannot be the name of a header', () => {
    expect(() => unsigned({ id: { header: 'x delivery' } })).toThrow(ConfigurationError);
  });
});
