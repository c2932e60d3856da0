import { Injectable } from '@nestjs/common';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { OnWebhookOptions } from '../lib/dispatch/on-webhook.options.js';
import { ConfigurationError } from '../lib/errors/configuration.error.js';
import { DATABASES, describeOnDatabases } from './support/databases.js';
import { WorkerApps } from './support/worker.apps.js';

describeOnDatabases(
  'At start-up, lanes',
  (kind) => {
    const apps = new WorkerApps(kind);

    it.each<[string, object, RegExp]>([
      ['a head that may fail without a lane', { whenHeadFails: 'hold' }, /whenHeadFails.*lane/s],
      ['an unknown choice', { lane: () => 1, whenHeadFails: 'wait' }, /whenHeadFails.*'skip'/s],
      ['a path', { lane: 'data.orderId' }, /Orders\.paid: lane.*a function.*text|string/s],
      ['null', { lane: null }, /Orders\.paid: lane.*a function.*null/s],
    ])('refuse %s, with the name of the method and the cure', async (_, options, said) => {
      @Injectable()
      class Orders {
        @OnWebhook('order.*', options as OnWebhookOptions)
        paid(): void {}
      }
      const starting = apps.start([Orders]);
      await expect(starting).rejects.toThrow(ConfigurationError);
      await expect(starting).rejects.toThrow(said);
    });
  },
  DATABASES.slice(0, 1),
);
