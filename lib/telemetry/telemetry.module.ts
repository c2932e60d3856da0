import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { LogListener } from './log.listener.js';
import { OccurrenceExplorer } from './occurrence.explorer.js';
import { Occurrences } from './occurrences.js';

/** @internal */
@Module({
  imports: [DiscoveryModule],
  providers: [LogListener, OccurrenceExplorer, Occurrences],
  exports: [Occurrences],
})
export class TelemetryModule {}
