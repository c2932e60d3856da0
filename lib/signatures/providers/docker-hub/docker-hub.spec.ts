import { describeAcceptedUnsigned } from '../../../../test/signatures/contract/accepted-unsigned.contract.js';
import { at, postJson, S, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { dockerHub } from './docker-hub.js';

describeAcceptedUnsigned('dockerHub', dockerHub);

describe('dockerHub', () => {
  it('reads the type and the time', () => {
    const body = { push_data: { pushed_at: S - 30, tag: 'latest' } };
    expect(dockerHub({ unsigned: true }).verify(postJson(body), at())).toEqual({
      ok: true,
      keyIndex: 0,
      eventType: 'push',
      occurredAt: THEN,
    });
  });
});
