import { Injectable } from '@nestjs/common';
import { OnWebhook } from '../../lib/dispatch/on-webhook.decorator.js';

/** Keeps the ids of the game's events that it was given. */
@Injectable()
export class SeenPoints {
  readonly seen: string[] = [];

  @OnWebhook('points.updated')
  save({ id }: { id: string }): void {
    this.seen.push(id);
  }
}
