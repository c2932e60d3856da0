import type { EntityTarget, ObjectLiteral } from 'typeorm';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import { InboxService } from '../../lib/inbox/inbox.service.js';
import { NotificationEntity } from '../../lib/notifications/notification.entity.js';
import { NotificationService } from '../../lib/notifications/notification.service.js';
import { JobEntity } from '../../lib/queue/job.entity.js';
import { QueueService } from '../../lib/queue/queue.service.js';
import { Rule } from '../../lib/rules/rule.decorator.js';
import { RuleService } from '../../lib/rules/rule.service.js';
import { RuleStateEntity } from '../../lib/rules/rule-state.entity.js';
import { hmac } from '../../lib/signatures/schemes/hmac.scheme.js';
import { startApp, type TestApp } from './application.js';
import type { DatabaseKind, TestDatabase } from './databases.js';
import { deleteRows, storeRows } from './stored-rows.js';

class Rules {
  @Rule({ name: 'ripe', on: 'fruit.*', source: 'garden', subject: () => 's', when: () => true })
  ripe(): void {}

  @Rule({ name: 'any', on: 'fruit.picked', subject: () => 's', when: () => true })
  any(): void {}
}

/** An application whose rows only the test changes. Each test begins with none. */
export class ListedRows {
  private database: TestDatabase | undefined;
  private host: TestApp | undefined;

  constructor(kind: DatabaseKind) {
    beforeAll(async () => {
      this.database = await kind.create();
      const sources = {
        garden: () => hmac({ secret: 'garden', signature: { header: 'x-signature' } }),
      };
      const options = { sources, roles: ['receive'] as const, retention: { enabled: false } };
      this.host = await startApp({
        database: this.database,
        options,
        host: { providers: [Rules] },
      });
    });
    afterEach(() =>
      deleteRows(this.dataSource, [EventEntity, JobEntity, NotificationEntity, RuleStateEntity]),
    );
    afterAll(async () => {
      await this.host?.close();
      await this.database?.drop();
    });
  }

  get inbox(): InboxService {
    return this.host!.app.get(InboxService);
  }

  get queue(): QueueService {
    return this.host!.app.get(QueueService);
  }

  get notifications(): NotificationService {
    return this.host!.app.get(NotificationService);
  }

  get rules(): RuleService {
    return this.host!.app.get(RuleService);
  }

  get dataSource(): ReturnType<TestApp['dataSource']> {
    return this.host!.dataSource();
  }

  store<Row extends ObjectLiteral>(entity: EntityTarget<Row>, rows: readonly Row[]): Promise<void> {
    return storeRows(this.dataSource, entity, rows);
  }
}
