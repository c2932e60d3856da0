import { Module } from '@nestjs/common';
import { InboxModule } from '../inbox/inbox.module.js';
import { TelemetryModule } from '../telemetry/telemetry.module.js';
import { BodyReader } from './body.reader.js';
import { ReceiverMount } from './receiver.mount.js';
import { SourceRegistry } from './source.registry.js';
import { WebhookReceiver } from './webhook.receiver.js';

/** @internal */
@Module({
  imports: [InboxModule, TelemetryModule],
  providers: [BodyReader, ReceiverMount, SourceRegistry, WebhookReceiver],
  exports: [SourceRegistry],
})
export class ReceiverModule {}
