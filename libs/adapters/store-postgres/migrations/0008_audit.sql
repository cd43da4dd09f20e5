CREATE TABLE "sluice"."audit_checkpoints" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"key" text NOT NULL,
	"signature" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."audit_end" (
	"id" integer PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."audit_entries" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"previous" text NOT NULL,
	"content" text NOT NULL,
	"hash" text NOT NULL,
	"entry" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"person" text NOT NULL,
	"repository" text,
	"action" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."audit_heads" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"key" text NOT NULL,
	"signature" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "audit_age" ON "sluice"."audit_entries" USING btree ("at");--> statement-breakpoint
CREATE INDEX "audit_person" ON "sluice"."audit_entries" USING btree ("person","sequence");--> statement-breakpoint
CREATE INDEX "audit_repository" ON "sluice"."audit_entries" USING btree ("repository","sequence");--> statement-breakpoint
INSERT INTO "sluice"."audit_end" ("id", "sequence", "hash") VALUES (1, 0, repeat('0', 64));--> statement-breakpoint
CREATE FUNCTION "sluice"."audit_link"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	before sluice.audit_end;
BEGIN
	-- locked until the commit: whoever appends next waits, and goes on from what is committed then
	SELECT * INTO STRICT before FROM sluice.audit_end WHERE id = 1 FOR UPDATE;
	new.sequence := before.sequence + 1;
	new.previous := before.hash;
	new.content := encode(sha256(convert_to(new.entry, 'UTF8')), 'hex');
	-- canonical JSON of the three
	new.hash := encode(sha256(convert_to('{"content":"' || new.content || '","previous":"' || new.previous || '","sequence":' || new.sequence || '}', 'UTF8')), 'hex');
	UPDATE sluice.audit_end SET sequence = new.sequence, hash = new.hash WHERE id = 1;
	RETURN new;
END $$;--> statement-breakpoint
CREATE FUNCTION "sluice"."audit_refuse"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the audit is only appended to: % of % is refused', tg_op, tg_table_name USING ERRCODE = 'insufficient_privilege';
END $$;--> statement-breakpoint
CREATE FUNCTION "sluice"."audit_expire"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF old.sequence <= coalesce((SELECT max(sequence) FROM sluice.audit_checkpoints), 0) THEN
		RETURN old;
	END IF;
	RAISE EXCEPTION 'the audit is only appended to: entry % is behind every checkpoint', old.sequence USING ERRCODE = 'insufficient_privilege';
END $$;--> statement-breakpoint
CREATE FUNCTION "sluice"."audit_checkpoint"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM sluice.audit_entries WHERE sequence = new.sequence AND hash = new.hash) THEN
		RAISE EXCEPTION 'a checkpoint stands for an entry that is there: % is not', new.sequence USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN new;
END $$;--> statement-breakpoint
CREATE TRIGGER "audit_entries_link" BEFORE INSERT ON "sluice"."audit_entries" FOR EACH ROW EXECUTE FUNCTION "sluice"."audit_link"();--> statement-breakpoint
CREATE TRIGGER "audit_entries_update" BEFORE UPDATE ON "sluice"."audit_entries" FOR EACH STATEMENT EXECUTE FUNCTION "sluice"."audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_entries_delete" BEFORE DELETE ON "sluice"."audit_entries" FOR EACH ROW EXECUTE FUNCTION "sluice"."audit_expire"();--> statement-breakpoint
CREATE TRIGGER "audit_entries_truncate" BEFORE TRUNCATE ON "sluice"."audit_entries" FOR EACH STATEMENT EXECUTE FUNCTION "sluice"."audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_end_update" BEFORE UPDATE ON "sluice"."audit_end" FOR EACH ROW WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION "sluice"."audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_end_remove" BEFORE INSERT OR DELETE OR TRUNCATE ON "sluice"."audit_end" FOR EACH STATEMENT EXECUTE FUNCTION "sluice"."audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_heads_change" BEFORE UPDATE OR DELETE OR TRUNCATE ON "sluice"."audit_heads" FOR EACH STATEMENT EXECUTE FUNCTION "sluice"."audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_checkpoints_insert" BEFORE INSERT ON "sluice"."audit_checkpoints" FOR EACH ROW EXECUTE FUNCTION "sluice"."audit_checkpoint"();--> statement-breakpoint
CREATE TRIGGER "audit_checkpoints_change" BEFORE UPDATE OR DELETE OR TRUNCATE ON "sluice"."audit_checkpoints" FOR EACH STATEMENT EXECUTE FUNCTION "sluice"."audit_refuse"();
