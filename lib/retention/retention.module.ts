import { Module } from '@nestjs/common';
import { Pruner } from './pruner.js';

/** @internal */
@Module({ providers: [Pruner], exports: [Pruner] })
export class RetentionModule {}
