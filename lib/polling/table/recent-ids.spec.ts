import { RecentIds } from './recent-ids.js';

describe(RecentIds, () => {
  it('forgets the oldest ids', () => {
    const ids = new RecentIds(2);
    for (const id of ['a', 'b', 'a', 'c']) ids.add(id);
    expect(['a', 'b', 'c'].filter((id) => ids.has(id))).toEqual(['a', 'c']);
  });
});
