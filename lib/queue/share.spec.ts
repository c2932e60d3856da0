import { isOfKind, shareOf, sharesAround, sharesOf } from './share.js';

const KINDS = ['handler', 'notification', 'firing', 'timer', 'delivery', 'rule', 'poll'];
const POOLS = ['handlers', 'rules', 'firings', 'timers', 'email', 'http', 'slack', 'sms'];

describe('shareOf', () => {
  it('fits into an integer of every database', () => {
    for (const kind of KINDS) {
      for (const pool of POOLS) {
        const share = shareOf(kind, pool, 'game\nacme');
        expect(Number.isInteger(share)).toBe(true);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThan(2 ** 30);
      }
    }
  });

  it('never changes, as it is stored', () => {
    expect([
      shareOf('handler', 'handlers'),
      shareOf('handler', 'handlers', 'game\n'),
      shareOf('notification', 'email'),
    ]).toEqual([396_810_457, 396_810_826, 518_324_441]);
  });

  it('tells the kinds and pools of the library apart', () => {
    const firsts = KINDS.flatMap((kind) => POOLS.map((pool) => sharesOf(kind, pool).from));
    expect(new Set(firsts).size).toBe(firsts.length);
    for (const kind of KINDS) {
      const others = KINDS.filter((other) => isOfKind(shareOf(kind, 'handlers', 'x'), other));
      expect(others).toEqual([kind]);
    }
  });

  it('spreads owners over the shares of their pool', () => {
    const { from, to } = sharesOf('handler', 'handlers');
    const shares = Array.from({ length: 500 }, (_, index) =>
      shareOf('handler', 'handlers', `game\ntenant-${index}`),
    );
    for (const share of shares) {
      expect(share).toBeGreaterThanOrEqual(from);
      expect(share).toBeLessThanOrEqual(to);
      expect(sharesAround(share)).toEqual({ from, to });
    }
    expect(new Set(shares).size).toBeGreaterThan(350);
  });
});
