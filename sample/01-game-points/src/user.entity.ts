import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A player. The poller reads changes in the order of `updatedAt` and `id`, hence the index. */
@Entity({ name: 'users' })
@Index(['updatedAt', 'id'])
export class User {
  @PrimaryColumn('integer')
  id!: number;

  @Column('varchar')
  email!: string;

  @Column('integer')
  points!: number;

  @Column('datetime')
  updatedAt!: Date;
}
