import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** What was done to the timer of a key, written in the same transaction. */
@Entity({ name: 'chaos_timing' })
export class TimingEntity {
  /** Those of one key are in the order of their transactions, each of which locks the key first. */
  @PrimaryGeneratedColumn()
  id!: number;

  @Index()
  @Column('varchar', { name: 'timer_key', length: 100 })
  key!: string;

  /** Unique for each try, also for one that is rolled back; the payload of the timer that it sets. */
  @Column('varchar', { name: 'try_id', length: 40 })
  tryId!: string;

  @Column('varchar', { length: 10 })
  action!: 'soon' | 'late' | 'cancel';

  /** What `set()` or `cancel()` answered. */
  @Column('varchar', { length: 10 })
  answer!: 'set' | 'replaced' | 'true' | 'false';
}
