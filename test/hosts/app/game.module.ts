import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { WebhookModule } from 'nestjs-hookline';
import { scheme } from './signed-post.js';

/** The application of a host, with a source `game`. */
@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      database: ':memory:',
      autoLoadEntities: true,
      synchronize: true,
    }),
    WebhookModule.forRoot({ sources: { game: scheme } }),
  ],
})
export class GameModule {
  static with(handlers: Type): DynamicModule {
    return { module: GameModule, providers: [handlers] };
  }
}
