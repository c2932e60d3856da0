import { Module } from '@nestjs/common';
import { InboxModule } from '../inbox/inbox.module.js';
import { ReceiverMount } from './receiver.mount.js';
import { SourceRegistry } from './source.registry.js';
import { WebhookReceiver } from './webhook.receiver.js';

/** @internal */
@Module({
  imports: [InboxModule],
  providers: [ReceiverMount, SourceRegistry, WebhookReceiver],
  exports: [SourceRegistry],
})
export class ReceiverModule {}
