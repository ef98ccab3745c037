//! The frameworks that a policy's `origin.stack` can name, in one table.

/// Makes the enum and its names from one list.
macro_rules! stacks {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal,)+) => {
        /// The framework of the origin.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        #[non_exhaustive]
        pub enum Stack {
            $($(#[doc = $doc])* $variant,)+
        }

        impl Stack {
            /// Every stack, sorted by name.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name in a policy.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

stacks! {
    /// aiohttp's server.
    Aiohttp = "aiohttp",
    /// Astro with an adapter that serves pages on demand.
    Astro = "astro",
    /// Django, with Django REST framework or without.
    Django = "django",
    /// Express 4 or 5.
    Express = "express",
    /// FastAPI.
    Fastapi = "fastapi",
    /// Fastify.
    Fastify = "fastify",
    /// Flask.
    Flask = "flask",
    /// Go: `net/http` and routers on it.
    Go = "go",
    /// Laravel.
    Laravel = "laravel",
    /// Next.js.
    Nextjs = "nextjs",
    /// Nuxt.
    Nuxt = "nuxt",
    /// Ruby on Rails.
    Rails = "rails",
    /// React Router in its framework mode, and Remix.
    ReactRouter = "react-router",
    /// Spring MVC or WebFlux, Tomcat, Jetty.
    Spring = "spring",
    /// Starlette.
    Starlette = "starlette",
    /// SvelteKit.
    Sveltekit = "sveltekit",
    /// Symfony.
    Symfony = "symfony",
}

impl Stack {
    /// Returns `true` if `like_missing` needs no body from the policy, because the gate knows the
    /// one answer that this stack gives for every missing path.
    #[must_use]
    pub fn has_known_404(self) -> bool {
        self.page_404().is_some()
    }

    /// The type and the body of this stack's answer for a path that it does not have, if it is the
    /// same for every path.
    pub(crate) fn page_404(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::Fastapi => ("application/json", r#"{"detail":"Not Found"}"#),
            Self::Starlette => ("text/plain; charset=utf-8", "Not Found"),
            Self::Flask => (HTML, FLASK_404),
            Self::Django => (HTML, DJANGO_404),
            _ => return None,
        })
    }

    /// The stack of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|stack| stack.name() == name)
    }
}

const HTML: &str = "text/html; charset=utf-8";

const FLASK_404: &str = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n\
    <p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n";

const DJANGO_404: &str = "\n<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Not Found</title>\n</head>\n<body>\n  \
    <h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n</body>\n</html>\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_read_back() {
        assert!(Stack::ALL.is_sorted_by_key(|stack| stack.name()));
        for stack in Stack::ALL {
            assert_eq!(Stack::parse(stack.name()), Some(*stack));
        }
        assert_eq!(Stack::parse("Rails"), None);
    }
}
