-- +goose Up
-- Every state that a piece of content has had, whoever wrote it: triggers keep them, so the association's web site, which writes the tables by
-- itself, is in the history too. They run once a transaction, at its end, and an event is kept with its whole programme.
create table content_versions (
    kind     text not null check (kind in ('article', 'event', 'resource')),
    piece_id bigint not null,
    version  integer not null,
    piece    jsonb,                       -- as content import has it; null: it was removed
    at       timestamptz not null,
    user_id  bigint references users,     -- null: not at the desk
    actor    text not null,               -- of who is no user: the database's role, or the command line
    primary key (kind, piece_id, version)
);

-- Translations whose English has changed since: field is title_it, or session/SLUG/title_it.
create table stale_translations (
    kind     text not null,
    piece_id bigint not null,
    field    text not null,
    primary key (kind, piece_id, field)
);

-- What somebody was typing when they went away: the entries of the form as they stood.
create table content_drafts (
    id       bigint generated always as identity unique,
    user_id  bigint not null references users,
    kind     text not null,
    piece_id bigint not null,             -- 0: a new one
    version  integer not null,            -- with which they began
    entries  jsonb not null,
    at       timestamptz not null,        -- on the wall clock
    primary key (user_id, kind, piece_id)
);

-- Pictures, made anew from what was uploaded, in the widths that mails need.
create table images (
    id         bigint generated always as identity primary key,
    name       text not null unique,      -- in addresses; from the content
    title      text not null,             -- what the file was called
    alt        jsonb not null check (alt ? 'en'),
    added_at   timestamptz not null,
    added_by   bigint references users
);

create table image_files (
    image_id bigint not null references images on delete cascade,
    name     text not null unique,        -- below /images/
    width    integer not null,
    height   integer not null,
    type     text not null,               -- media type
    content  bytea not null,
    primary key (image_id, width)
);

-- +goose StatementBegin
-- A piece as content import has it; null where there is none.
create function content_piece(what text, which bigint) returns jsonb language sql stable set timezone = 'UTC' as $$
    select case what
        when 'article' then (select to_jsonb(a) - 'id' from articles a where a.id = which)
        when 'event' then (
            select (to_jsonb(e) - '{id,version,sequence}'::text[]) || jsonb_build_object('sessions',
                (select coalesce(jsonb_agg(to_jsonb(s) - 'event_id' order by s.starts, s.ends, s.slug), '[]') from sessions s where s.event_id = e.id))
            from events e where e.id = which)
        when 'resource' then (
            select (to_jsonb(r) - '{id,event_id}'::text[]) || jsonb_build_object('event', (select e.slug from events e where e.id = r.event_id))
            from resources r where r.id = which)
    end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The texts of a piece, one row for each language.
create function content_texts(piece jsonb) returns table (field text, lang text, words text) language sql immutable rows 10 as $$
    select f.key, t.key, t.value #>> '{}'
    from jsonb_each(piece) f, jsonb_each(case jsonb_typeof(f.value) when 'object' then f.value else '{}' end) t
    union all
    select 'session/' || (s ->> 'slug') || '/' || f.key, t.key, t.value #>> '{}'
    from jsonb_array_elements(case jsonb_typeof(piece -> 'sessions') when 'array' then piece -> 'sessions' else '[]' end) s,
        jsonb_each(s) f, jsonb_each(case jsonb_typeof(f.value) when 'object' then f.value else '{}' end) t
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Adds a version of a piece that is not as its last one has it. Who does it say the settings mce.user_id or mce.actor, when mce.at, for their
-- transaction; without them it is the role that is logged in at the database, now.
create function keep_content(what text, which bigint) returns void language plpgsql security definer set search_path from current set jit = off as $$
declare
    last  content_versions;
    piece jsonb;
    who   bigint := nullif(current_setting('mce.user_id', true), '')::bigint;
begin
    -- Two who write the same piece come one after the other, also where one writes an event and the other its programme.
    execute format('select from %I where id = $1 for no key update', what || 's') using which;
    select * into last from content_versions v where v.kind = what and v.piece_id = which order by v.version desc limit 1;
    piece := content_piece(what, which);
    if last.piece is not distinct from piece then
        return;
    end if;
    insert into content_versions (kind, piece_id, version, piece, at, user_id, actor) values (
        what, which, coalesce(last.version, 0) + 1, piece, coalesce(nullif(current_setting('mce.at', true), '')::timestamptz, now()), who,
        case when who is null then coalesce(nullif(current_setting('mce.actor', true), ''), session_user) else '' end);
    if last.piece is null then
        return;
    end if;
    delete from stale_translations s
    where s.kind = what and s.piece_id = which and not exists (
        select from content_texts(last.piece) o join content_texts(piece) n using (field, lang)
        where o.field || '_' || o.lang = s.field and o.words = n.words);
    insert into stale_translations (kind, piece_id, field)
    select what, which, n.field || '_' || n.lang
    from content_texts(piece) n
    join content_texts(last.piece) o using (field, lang)
    join content_texts(piece) en on en.field = n.field and en.lang = 'en'
    join content_texts(last.piece) was on was.field = n.field and was.lang = 'en'
    where n.lang <> 'en' and n.words <> '' and n.words = o.words and en.words <> was.words
    on conflict do nothing;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- For triggers: the kind of piece, and the column that has its number.
create function note_content() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        perform keep_content(tg_argv[0], (to_jsonb(old) ->> tg_argv[1])::bigint);
    end if;
    if tg_op <> 'DELETE' then
        perform keep_content(tg_argv[0], (to_jsonb(new) ->> tg_argv[1])::bigint);
    end if;
    return null;
end
$$;
-- +goose StatementEnd

create constraint trigger note_content after insert or update or delete on articles
    deferrable initially deferred for each row execute function note_content('article', 'id');
create constraint trigger note_content after insert or update or delete on events
    deferrable initially deferred for each row execute function note_content('event', 'id');
create constraint trigger note_content after insert or update or delete on sessions
    deferrable initially deferred for each row execute function note_content('event', 'event_id');
create constraint trigger note_content after insert or update or delete on resources
    deferrable initially deferred for each row execute function note_content('resource', 'id');

insert into content_versions (kind, piece_id, version, piece, at, actor)
    select 'article', id, 1, content_piece('article', id), now(), 'before' from articles
    union all select 'event', id, 1, content_piece('event', id), now(), 'before' from events
    union all select 'resource', id, 1, content_piece('resource', id), now(), 'before' from resources;

-- +goose Down
drop trigger note_content on articles;
drop trigger note_content on events;
drop trigger note_content on sessions;
drop trigger note_content on resources;
drop function note_content();
drop function keep_content(text, bigint);
drop function content_texts(jsonb);
drop function content_piece(text, bigint);
drop table image_files, images, content_drafts, stale_translations, content_versions;
