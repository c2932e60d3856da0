// Code that a team writes by hand: verifies, inserts, handles and updates in the request.
import { randomUUID } from 'node:crypto';
import {
  Controller,
  HttpCode,
  Module,
  Post,
  Req,
  UnauthorizedException,
  type RawBodyRequest,
} from '@nestjs/common';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import type { IncomingMessage } from 'node:http';
import { Column, Entity, PrimaryColumn, QueryFailedError, Repository } from 'typeorm';
import { configuration, serve } from '../remote.js';
import { assertDurable, dataSource, isGenuine, listen, portOf, type HostConfig } from './host.js';
import { Tally } from './tally.js';
import { webhookApp } from './webhook-app.js';

const config = configuration<HostConfig>();

/** The drivers' codes for a duplicate value. */
const DUPLICATE_CODES = new Set(['23505', 'SQLITE_CONSTRAINT_UNIQUE', 'ER_DUP_ENTRY']);

@Entity()
class ReceivedWebhook {
  @PrimaryColumn('uuid')
  key!: string;

  @Column('varchar', { length: 255, unique: true })
  id!: string;

  @Column('varchar', { length: 255 })
  type!: string;

  @Column('text')
  body!: string;

  @Column('varchar', { length: 16 })
  status!: 'received' | 'handled';

  @Column('bigint')
  receivedAt!: number;

  @Column('bigint', { nullable: true })
  handledAt!: number | null;
}

@Controller('webhooks')
class Webhooks {
  constructor(
    private readonly tally: Tally,
    @InjectRepository(ReceivedWebhook) private readonly received: Repository<ReceivedWebhook>,
  ) {}

  @Post('game')
  @HttpCode(200)
  async receive(
    @Req() request: RawBodyRequest<IncomingMessage> & { readonly body: { readonly type: string } },
  ): Promise<object> {
    if (!(await isGenuine(request))) throw new UnauthorizedException();
    const id = String(request.headers['webhook-id']);
    const key = randomUUID();
    try {
      await this.received.insert({
        key,
        id,
        type: request.body.type,
        body: String(request.rawBody),
        status: 'received',
        receivedAt: Date.now(),
      });
    } catch (error) {
      if (isDuplicate(error)) return { status: 'duplicate', id };
      throw error;
    }
    this.tally.handle(id);
    await this.received.update({ key }, { status: 'handled', handledAt: Date.now() });
    return { status: 'accepted', id };
  }
}

function isDuplicate(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code } = error.driverError as { code?: string };
  return code !== undefined && DUPLICATE_CODES.has(code);
}

@Module({
  imports: [dataSource(config.database), TypeOrmModule.forFeature([ReceivedWebhook])],
  controllers: [Webhooks],
  providers: [Tally],
})
class AppModule {}

const app = await listen(AppModule, config, true);
await assertDurable(app);
serve(webhookApp(portOf(app), app.get(Tally)));
