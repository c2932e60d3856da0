import { NOW, refused } from './hand-made.js';
import { posted, secretOf, verify, type SenderRow } from './sender-row.js';

/** What holds for every sender that signs the time of the attempt. */
export function describeTimestamp(row: SenderRow): void {
  const scheme = row.create(secretOf(row));
  const { body, headers } = posted(row);
  const { time, toleranceSeconds = 0 } = row;

  it('REQ-11 takes exactly the tolerance, in both directions, and nothing beyond', () => {
    const after = (seconds: number) =>
      verify(scheme, body, headers, new Date(NOW.getTime() + seconds * 1_000));
    expect(after(toleranceSeconds)).toMatchObject({ ok: true });
    expect(after(-toleranceSeconds)).toMatchObject({ ok: true });
    expect(after(toleranceSeconds + 1)).toEqual(refused('timestamp-too-old'));
    expect(after(-toleranceSeconds - 1)).toEqual(refused('timestamp-too-new'));
  });

  if (time === undefined) return;

  it('REQ-10 REQ-11 refuses a time that is missing, or written otherwise', () => {
    const good = headers[time]!;
    expect(verify(scheme, body, { ...headers, [time]: undefined })).toEqual(
      refused('timestamp-missing'),
    );
    const others = [`${good}abc`, `0${good}`, `+${good}`, ` ${good}`, `${good}.0`, 'NaN', '1e9'];
    for (const bad of others) {
      expect(verify(scheme, body, { ...headers, [time]: bad })).toEqual(refused());
    }
  });
}
