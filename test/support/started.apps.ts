import type { Type } from '@nestjs/common';
import { startApp, type AppSetup, type TestApp } from './application.js';
import { DATABASES, type TestDatabase } from './databases.js';

/** Starts applications on a database of each test's own, and closes those that have started. */
export class StartedApps {
  private of: TestDatabase | undefined;
  private readonly apps: TestApp[] = [];

  constructor(private readonly entities: readonly Type[] = []) {
    beforeEach(async () => {
      this.of = await DATABASES[0]!.create();
    });
    afterEach(async () => {
      await Promise.all(this.apps.splice(0).map((app) => app.close()));
      await this.of?.drop();
    });
  }

  get database(): TestDatabase {
    return this.of!;
  }

  async start(setup: Omit<AppSetup, 'database'>): Promise<TestApp> {
    const app = await startApp({ database: this.database, entities: this.entities, ...setup });
    this.apps.push(app);
    return app;
  }
}
