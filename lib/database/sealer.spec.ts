import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { SealedError } from './sealed.error.js';
import { Sealer } from './sealer.js';

const PLACE = 'webhook_notification 1 payload';
const SECRET = '{"url":"https://chat.example.com/hooks/s3cret"} 🎉';

describe(Sealer.name, () => {
  const old = randomBytes(32);
  const current = randomBytes(32);
  const sealer = new Sealer([current, old]);

  it('F-14 seals so that nothing of the content shows, and opens it again', () => {
    const sealed = sealer.sealText(SECRET, PLACE);
    expect(sealed).toMatch(/^hookline:1:[0-9a-f]{8}:[\w-]+$/);
    expect(sealed).not.toContain(Buffer.from('s3cret').toString('base64url'));
    expect(sealer.openText(sealed, PLACE)).toBe(SECRET);
  });

  it('F-14 seals the same content differently each time', () => {
    expect(sealer.sealText(SECRET, PLACE)).not.toBe(sealer.sealText(SECRET, PLACE));
  });

  it.each([0, 1, 100_000])('F-14 opens %d bytes exactly as they were', (length) => {
    const bytes = randomBytes(length);
    expect(sealer.open(sealer.seal(bytes, PLACE), PLACE).equals(bytes)).toBe(true);
  });

  it('F-14 opens what an earlier key sealed, and seals with the first', () => {
    const before = new Sealer([old]);
    expect(sealer.openText(before.sealText(SECRET, PLACE), PLACE)).toBe(SECRET);
    expect(() => before.openText(sealer.sealText(SECRET, PLACE), PLACE)).toThrow(SealedError);
  });

  it('F-14 leaves clear text as it is, with a key and without', () => {
    expect(sealer.openText(SECRET, PLACE)).toBe(SECRET);
    expect(new Sealer([]).sealText(SECRET, PLACE)).toBe(SECRET);
    expect(new Sealer([]).openText(SECRET, PLACE)).toBe(SECRET);
  });

  it('F-14 names the option if it lacks the key', () => {
    const open = (): string => new Sealer([old]).openText(sealer.sealText(SECRET, PLACE), PLACE);
    expect(open).toThrow(
      /sealed with the key '[0-9a-f]{8}', which the option `sealWith` does not have/,
    );
  });

  it('F-14 refuses content that was changed, cut, or copied from another row', () => {
    const sealed = sealer.sealText(SECRET, PLACE);
    const flipped = sealed.slice(0, -2) + (sealed.endsWith('A') ? 'BA' : 'AA');
    for (const damaged of [flipped, sealed.slice(0, 40), sealed.slice(0, 20)]) {
      expect(() => sealer.openText(damaged, PLACE)).toThrow(SealedError);
    }
    expect(() => sealer.openText(sealed, 'webhook_notification 2 payload')).toThrow(
      'copied from another row',
    );
  });

  it('F-14 shows no key when it is logged or serialised', () => {
    const shown = inspect(sealer, { depth: 9, showHidden: true }) + JSON.stringify(sealer);
    for (const form of ['hex', 'base64'] as const) {
      expect(shown).not.toContain(current.toString(form).slice(0, 12));
    }
    expect(shown).not.toContain('Buffer');
  });
});
