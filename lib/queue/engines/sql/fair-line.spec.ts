import { FairLine } from './fair-line.js';

describe(FairLine, () => {
  const drain = (line: FairLine<string>): string[] => {
    const items: string[] = [];
    for (let item = line.shift(); item !== undefined; item = line.shift()) items.push(item);
    return items;
  };

  it('keeps the order of one owner', () => {
    const line = new FairLine<string>();
    for (const item of 'abc') line.push(item, 1);
    expect(line.next).toBe('a');
    expect(drain(line)).toEqual([...'abc']);
    expect(line.next).toBeUndefined();
  });

  it('gives each owner a turn, also one that comes late', () => {
    const line = new FairLine<string>();
    for (const item of ['a1', 'a2', 'a3', 'a4']) line.push(item, 1);
    line.push('b1', 2);
    expect([line.shift(), line.shift()]).toEqual(['a1', 'b1']);
    line.push('c1', 3);
    line.push('b2', 2);
    expect(drain(line)).toEqual(['a2', 'c1', 'b2', 'a3', 'a4']);
  });

  it('removes items from the middle, and owners with their last item', () => {
    const line = new FairLine<string>();
    for (const item of ['a1', 'a2']) line.push(item, 1);
    line.push('b1', 2);
    expect(line.countOf(1)).toBe(2);
    expect(line.remove('a1', 1)).toBe(true);
    expect(line.remove('a1', 1)).toBe(false);
    expect(line.remove('b1', 2)).toBe(true);
    expect(line.countOf(2)).toBe(0);
    expect(drain(line)).toEqual(['a2']);
  });

  it('gives all at once', () => {
    const line = new FairLine<string>();
    line.push('a1', 1);
    line.push('b1', 2);
    expect(line.takeAll()).toEqual(['a1', 'b1']);
    expect([line.next, line.countOf(1)]).toEqual([undefined, 0]);
  });
});
