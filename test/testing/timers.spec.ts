import { Injectable, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OnTimer, TimerService, WebhookModule, type TimerContext } from '../../lib/index.js';
import { drain, FakeClock } from '../../lib/testing/index.js';

interface Reminder {
  readonly email: string;
}

@Injectable()
class Orders {
  readonly reminded: string[] = [];

  constructor(private readonly timers: TimerService) {}

  async place(id: string, email: string): Promise<void> {
    await this.timers.set<Reminder>('reminder', { key: id, in: '3d', payload: { email } });
  }

  async pay(id: string): Promise<void> {
    await this.timers.cancel('reminder', id);
  }

  @OnTimer('reminder')
  async remind({ email }: Reminder, { key }: TimerContext): Promise<void> {
    this.reminded.push(`${email} of ${key}`);
  }
}

describe('REQ-95 The test of a host with timers', () => {
  const clock = new FakeClock();
  let app: INestApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot({
          type: 'better-sqlite3',
          database: ':memory:',
          autoLoadEntities: true,
          synchronize: true,
        }),
        WebhookModule.forRoot({ clock }),
      ],
      providers: [Orders],
    }).compile();
    app = module.createNestApplication({ logger: false });
    await app.init();
  });

  afterAll(() => app.close());

  it('advances the clock by three days, and drains', async () => {
    const orders = app.get(Orders);
    await orders.place('o1', 'jane@example.com');
    await orders.place('o2', 'joe@example.com');
    await orders.pay('o2');
    await drain(app);
    expect(orders.reminded).toEqual([]);
    clock.advance(3 * 86_400_000);
    await drain(app);
    expect(orders.reminded).toEqual(['jane@example.com of o1']);
  });
});
