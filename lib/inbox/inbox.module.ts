import { Module } from '@nestjs/common';
import { SqlDatabase } from '../database/sql-database.js';
import { QueueDialect } from '../queue/engines/sql/dialects/queue.dialect.js';
import { QueueModule } from '../queue/queue.module.js';
import { RetentionModule } from '../retention/retention.module.js';
import { TelemetryModule } from '../telemetry/telemetry.module.js';
import { createEventDialect } from './dialects/event-dialect.factory.js';
import { EventDialect } from './dialects/event.dialect.js';
import { EventCommitter } from './event.committer.js';
import { EventPruning } from './event.pruning.js';
import { EventReplay } from './event.replay.js';
import { EventReader } from './event.reader.js';
import { EventSeal } from './event.seal.js';
import { EventSubscribers } from './event-subscribers.js';
import { Inbox } from './inbox.js';
import { InboxService } from './inbox.service.js';
import { SourceSchemas } from './source-schemas.js';

/** @internal */
@Module({
  imports: [QueueModule, RetentionModule, TelemetryModule],
  providers: [
    { provide: EventDialect, useFactory: createEventDialect, inject: [SqlDatabase, QueueDialect] },
    EventCommitter,
    EventPruning,
    EventReader,
    EventSeal,
    EventReplay,
    EventSubscribers,
    Inbox,
    InboxService,
    SourceSchemas,
  ],
  exports: [
    EventPruning,
    EventReader,
    EventSeal,
    EventSubscribers,
    Inbox,
    InboxService,
    SourceSchemas,
  ],
})
export class InboxModule {}
