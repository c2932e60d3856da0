import { startApp } from './application.js';
import { PollApps, type PollHost } from './poll.apps.js';
import type { PollingParts } from './polling.core.js';

/** As {@link PollApps}, with whole applications, which retention belongs to. */
export class WholePollApps extends PollApps {
  protected override host({ clock, source, entities, providers }: PollingParts): Promise<PollHost> {
    return startApp({
      options: { clock },
      database: { options: source },
      host: { providers },
      entities,
    });
  }
}
