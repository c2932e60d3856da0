import { Module } from '@nestjs/common';
import { QueueModule } from '../queue/queue.module.js';
import { TelemetryModule } from '../telemetry/telemetry.module.js';
import { Pruner } from './pruner.js';

/** @internal */
@Module({ imports: [QueueModule, TelemetryModule], providers: [Pruner], exports: [Pruner] })
export class RetentionModule {}
