export const load = () => ({ public: true });
