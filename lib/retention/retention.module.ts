import { Module } from '@nestjs/common';
import { TelemetryModule } from '../telemetry/telemetry.module.js';
import { Pruner } from './pruner.js';

/** @internal */
@Module({ imports: [TelemetryModule], providers: [Pruner], exports: [Pruner] })
export class RetentionModule {}
