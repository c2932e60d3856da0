import 'reflect-metadata';
import { Poll } from './poll.decorator.js';
import { getPollMetadata } from './poll-metadata.accessor.js';
import type { PolledEvent, PolledPage, PollRequest } from './polled-event.js';

class User {
  constructor(readonly id: number) {}
  points!: number;
  updatedAt!: Date;
  rename(): void {}
}

class Other {
  name!: string;
}

const table = { name: 'users', cron: '* * * * *', entity: User } as const;

class Pollers {
  @Poll({ ...table, cursor: 'updatedAt', key: 'id' })
  row(user: User): PolledEvent {
    return { type: 'user.changed', data: user.points };
  }

  @Poll({ ...table, cursor: 'updatedAt', key: 'id' })
  async someRows(_user: Pick<User, 'id'>): Promise<PolledEvent[] | undefined> {
    return undefined;
  }

  @Poll({ name: 'api', cron: '* * * * *' })
  async *pages({ cursor }: PollRequest<string>) {
    yield { events: [{ type: 'a', data: cursor }], cursor: 'next' };
  }

  @Poll({ name: 'api', cron: '* * * * *' })
  async page({ cursor = 0 }: PollRequest<number>): Promise<PolledPage<number>> {
    return { events: [], cursor: cursor + 1 };
  }

  // @ts-expect-error the method takes another entity
  @Poll({ ...table, cursor: 'updatedAt', key: 'id' })
  otherRow(other: Other): PolledEvent {
    return { type: 'a', data: other };
  }

  // @ts-expect-error the cursor is no property of the entity
  @Poll({ ...table, cursor: 'changedAt', key: 'id' })
  otherCursor(_user: User): void {}

  // @ts-expect-error the key is a method of the entity
  @Poll({ ...table, cursor: 'updatedAt', key: 'rename' })
  otherKey(_user: User): void {}

  // @ts-expect-error there is no cursor
  @Poll({ ...table, key: 'id' })
  noCursor(_user: User): void {}

  // @ts-expect-error the method returns no event
  @Poll({ ...table, cursor: 'updatedAt', key: 'id' })
  noEvent(user: User): number {
    return user.id;
  }

  // @ts-expect-error the method returns no page
  @Poll({ name: 'api', cron: '* * * * *' })
  noPage(_request: PollRequest): PolledEvent[] {
    return [{ type: 'a', data: 1 }];
  }
}

describe(Poll, () => {
  it('notes its options with the method', () => {
    expect(getPollMetadata(Pollers.prototype.row)).toEqual({
      ...table,
      cursor: 'updatedAt',
      key: 'id',
    });
  });

  it('refuses a second one on the same method', () => {
    const decorate = () => {
      class Twice {
        @Poll({ name: 'a', cron: '* * * * *' })
        @Poll({ name: 'b', cron: '* * * * *' })
        page(_request: PollRequest): undefined {}
      }
      return Twice;
    };
    expect(decorate).toThrow('Twice.page has two @Poll decorators.');
  });
});
