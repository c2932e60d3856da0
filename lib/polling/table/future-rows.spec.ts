import { FutureRows, MAX_FUTURE_ROWS } from './future-rows.js';

describe(FutureRows, () => {
  const future = (...ids: string[]): FutureRows => {
    const rows = new FutureRows(undefined);
    for (const id of ids) rows.add(id, true);
    return rows;
  };

  it('F-19 remembers what is dated in the future, in whichever process', () => {
    const rows = future('1@2999', '2@2999');
    rows.add('3@2026', false);
    const other = new FutureRows(rows.store());
    expect(['1@2999', '2@2999', '3@2026'].map((id) => other.has(id))).toEqual([true, true, false]);
    expect(future().store()).toBeUndefined();
  });

  it('F-19 remembers a row whose time has come for as long as it is read', () => {
    const rows = new FutureRows(future('1@2999', '2@2999').store());
    rows.add('1@2999', false);
    expect(rows.has('2@2999')).toBe(true);
    rows.forgetUnseen();
    expect(rows.has('1@2999')).toBe(true);
    expect(rows.has('2@2999')).toBe(false);
    rows.forgetUnseen();
    const last = new FutureRows(rows.store());
    last.forgetUnseen();
    expect(last.store()).toBeUndefined();
  });

  it('F-19 knows the ids that an earlier version has stored', () => {
    const rows = new FutureRows(['1@2999', '2@2999']);
    expect(new FutureRows(rows.store()).has('2@2999')).toBe(true);
  });

  it('F-19 remembers so many, in a text of bounded length', () => {
    const rows = future(...Array.from({ length: MAX_FUTURE_ROWS + 1 }, (_, id) => `${id}@2999`));
    expect(rows.store()).toHaveLength(8 * MAX_FUTURE_ROWS);
    expect(rows.has(`${MAX_FUTURE_ROWS - 1}@2999`)).toBe(true);
    expect(rows.has(`${MAX_FUTURE_ROWS}@2999`)).toBe(false);
  });
});
