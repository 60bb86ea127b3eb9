-- Under which other addresses an article may be taken back: a sender that knows its URL need not know its canonical one.
-- Old code: runs on it, and finds a withdrawn article by its own id only.

CREATE TABLE communique.article_aliases (
    alias       uuid NOT NULL,                         -- the id that another of its addresses would have given
    article_id  uuid NOT NULL REFERENCES communique.articles ON DELETE CASCADE,
    PRIMARY KEY (alias, article_id)
);
CREATE INDEX article_aliases_article ON communique.article_aliases (article_id);
